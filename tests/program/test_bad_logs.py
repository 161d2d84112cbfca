"""Promised: no log crashes the program, hangs it or exhausts memory: random bytes, logs that are cut off, a log of
200 MB. Broken lines are counted and the rest is read. Shown: exit codes, a bound on memory and on processor time.
"""

import gzip
import json
import os
import random
import resource
import subprocess
import unittest

from program import MET, PROGRAM, SMALL, USAGE, ProgramTest, bounded, main

HEADER = "task_id,hash,native_id,process,tag,name,status,exit,attempt,submit,start,complete,duration,realtime,cpus,memory\n"


def row(number, start, seconds=30):
    begin = 1700000000000 + 1000 * start
    return (f"{number},ab/cd,{number},ALIGN,s{number},ALIGN (s{number}),COMPLETED,0,1,{begin},{begin + 500},"
            f"{begin + 1000 * seconds},{1000 * seconds},{1000 * seconds - 500},2,1000000\n")


class BadLogs(ProgramTest):
    def refused_or_read(self, path, code=None, **bounds):
        done = self.call("replay", path, "--json", preexec_fn=bounded(**bounds))
        self.assertIn(done.returncode, (MET, USAGE) if code is None else (code,),
                      done.stderr.decode(errors="replace")[-2000:])
        if done.returncode == USAGE:
            self.assertIn(b"error: ", done.stderr)
            self.assertEqual(done.stdout, b"")
        else:
            self.json_of(done)
        return done

    def test_random_bytes(self):
        source = random.Random(7)
        for size in 0, 1, 100, 10_000, 3_000_000:
            with self.subTest(size=size):
                self.refused_or_read(self.write("noise", source.randbytes(size)), code=USAGE)

    def test_random_bytes_behind_every_beginning(self):
        source = random.Random(8)
        beginnings = [HEADER.encode(), b"# ninja log v5\n", b'{"workflow": {"tasks": [', b"id\tduration\n",
                      b"\x1f\x8b\x08\x00", b"\x89HDF\r\n\x1a\n", b"\xef\xbb\xbf" + HEADER.encode(), b"\xff\xfe"]
        for beginning in beginnings:
            for size in 10, 5_000, 500_000:
                with self.subTest(beginning=beginning, size=size):
                    self.refused_or_read(self.write("noise", beginning + source.randbytes(size)))

    def test_a_log_cut_off_anywhere(self):
        text = (HEADER + "".join(row(i, 10 * i) for i in range(20))).encode()
        for size in range(0, len(text), 97):
            self.refused_or_read(self.write("cut.csv", text[:size]))

    def test_a_compressed_log_cut_off(self):
        data = gzip.compress((HEADER + "".join(row(i, 10 * i) for i in range(2000))).encode(), mtime=0)
        for size in 1, 10, len(data) // 2, len(data) - 4:
            with self.subTest(size=size):
                self.refused_or_read(self.write("cut.csv.gz", data[:size]))

    def test_broken_lines_are_counted_and_the_rest_is_read(self):
        lines = [row(i, 10 * i) for i in range(50)]
        lines[10] = "what is this\n"
        lines[20] = lines[20].replace("1700000200000", "yesterday")
        done = self.refused_or_read(self.write("broken.csv", HEADER + "".join(lines)), code=MET)
        result = self.json_of(done)
        self.assertGreaterEqual(result["tasks"]["matched"], 48)
        self.assertTrue(any("line" in note for note in result["notes"]), result["notes"])
        self.assertEqual(result["tasks"]["matched"] + result["tasks"]["left_out"], 50)
        self.assertGreaterEqual(result["tasks"]["left_out"], 1)

    def test_values_beyond_all_bounds(self):
        for value in "1e400", "-5", "nan", "inf", "99999999999999999999999", "1" * 5000:
            with self.subTest(value=value[:20]):
                broken = row(1, 0).replace(",30000,", f",{value},").replace(",1000000\n", f",{value}\n")
                self.refused_or_read(self.write("huge.csv", HEADER + row(0, 0) + broken + row(2, 50)))

    def test_a_bomb_of_zeros(self):
        # 1 MB that unpacks to 1 GB without a line end.
        path = self.folder / "bomb.csv.gz"
        with gzip.open(path, "wb", compresslevel=9) as bomb:
            bomb.write(HEADER.encode())
            block = b"0" * (1 << 20)
            for _ in range(300):
                bomb.write(block)
        self.refused_or_read(path, memory=4 << 30)

    def test_200_megabytes(self):
        # A hundred thousand tasks with long tags; the same numbers come again and again, which a reader must survive too.
        padding = "x" * 1800
        block = "".join(row(i, i).replace(f"s{i},", f"s{i}{padding},") for i in range(2000)).encode()
        path = self.folder / "large.csv"
        with open(path, "wb") as file:
            file.write(HEADER.encode())
            while file.tell() < 200_000_000:
                file.write(block)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = self.call("replay", path, "--json", preexec_fn=bounded(memory=6 << 30, seconds=120))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"200 MB: exit {done.returncode}, {after.ru_maxrss >> 10} MB, "
              f"{after.ru_utime - before.ru_utime:.1f} s of processor time")
        self.assertLess(after.ru_maxrss, 3 << 20, "kilobytes")
        self.assertIn(done.returncode, (MET, USAGE), done.stderr.decode(errors="replace")[-2000:])


class EndlessFiles(ProgramTest):
    def test_a_file_without_an_end(self):
        for words, said in ((["validate", "/dev/zero"], b"goes on for more than 64 MiB"),
                            (["run", "/dev/zero"], b"goes on for more than 64 MiB"),
                            (["replay", "/dev/zero"], b"is no text"),
                            (["replay", "/dev/urandom"], b"is no text")):
            with self.subTest(words=words):
                self.assertIn(said, self.call(*words, code=USAGE, preexec_fn=bounded(memory=1 << 30)).stderr)


class Pipes(ProgramTest):
    def test_a_log_and_a_scenario_from_a_pipe(self):
        log = "id,started,completed\na,0,10\nb,10,20\n"
        whole = self.json_of(self.call("replay", self.write("log.csv", log), "--json", code=MET))
        self.write("s.yaml", SMALL)
        for words, text in ((("replay", "/dev/stdin", "--json"), log), (("validate", "/dev/stdin"), SMALL),
                            (("run", "/dev/stdin", "--replications", "2"), SMALL)):
            with self.subTest(words=words):
                done = subprocess.run([PROGRAM, *words], input=text, capture_output=True, text=True, cwd=self.folder)
                self.assertNotEqual(done.returncode, USAGE, done.stderr)
                if words[0] == "replay":
                    self.assertEqual(json.loads(done.stdout)["tasks"], whole["tasks"])


if __name__ == "__main__":
    main()
