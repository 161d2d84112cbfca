"""Promised: parameters of an instance are set from outside as its elements are, by --set, UNDERSTUDY_SET, changes and studies;
each value says where it comes from, and what is no parameter is told. Templates of the project are found from its folders, and
listed. Shown: by calling the program.
"""

import json
import os
import unittest

import h5py

from program import MET, USAGE, ProgramTest, main

MINE = """understudy: 1
template: mine
description: A topic with its sink
parameters:
  src: {description: what is read}
  m: {default: 3, description: consumers}
  n: {default: $(m), description: partitions}
twin:
  instances:
    t: {template: kafka-topic, source: $(src), consumers: $(m), partitions: $(n)}
  stages:
    sink: {reads: t/consumed, workers: $(m), service: 1ms}
"""
SCENARIO = """understudy: 1
scenario: s
twin:
  instances: {a: {template: mine, src: ev, m: 5}}
load: {ev: {arrivals: poisson(10/s)}}
run: {length: 10min, warm_up: 1min, replications: 2}
objectives: [avg latency(a/sink) < 1h]
"""
CHANGE = """understudy: 1
change: more
base: s.yaml
author: a
reason: r
edits: [{set: a.m, to: 7}]
"""
STUDY = """understudy: 1
study: how-many
base: s.yaml
method: grid
vary: {a.m: [5, 6, 7]}
measures: [avg workers(a/sink)]
"""


class Template(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        (self.folder / "templates").mkdir()
        self.write("templates/mine.yaml", MINE)
        self.write("s.yaml", SCENARIO)

    def settings(self, *words, **how):
        rows = self.json_of(self.call("config", "show", "s.yaml", *words, "--json", code=MET, **how))["settings"]
        return {row["path"]: (row["value"], row["origin"]) for row in rows}

    def error(self, *words, **how):
        done = self.call(*words, code=USAGE, **how)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    # ---- what is set

    def test_an_instance_and_its_parameters_are_shown(self):
        found = self.settings("a")
        self.assertEqual(found["a.template"], ("mine", "s.yaml:4:29"))
        self.assertEqual(found["a.m"], ("5", "s.yaml:4:47"))
        self.assertEqual(found["a.n"], ("5", "s.yaml:4:47"))
        self.assertEqual(self.settings("a/t")["a/t.consumers"], ("5", "s.yaml:4:47"))
        self.assertEqual(self.settings("a/t")["a/t.template"][0], "kafka-topic")

    def test_set_and_environment(self):
        said = "--set a.m=7"
        found = self.settings("--set", "a.m=7")
        for path in "a.m", "a.n", "a/sink.workers", "a/t.consumers":
            self.assertEqual(found[path], ("7", said), path)
        found = self.settings(env={**os.environ, "UNDERSTUDY_SET": "a.m=8; a/t.consumers=2"})
        self.assertEqual(found["a/sink.workers"], ("8", "UNDERSTUDY_SET a.m=8"))
        self.assertEqual(found["a/t.consumers"], ("2", "UNDERSTUDY_SET a/t.consumers=2"))
        # What is set last, and a multiple of what is there.
        self.assertEqual(self.settings("--set", "a.m=7", "--set", "a.m=9")["a/sink.workers"][0], "9")
        self.assertEqual(self.settings("--set", "a.m=2x")["a/sink.workers"], ("10", "--set a.m=2x"))
        # An element that was made, behind it.
        self.assertEqual(self.settings("--set", "a/sink.workers=1", "--set", "a.m=9")["a/sink.workers"][0], "1")
        # What an instance lacks.
        self.write("s.yaml", SCENARIO.replace("src: ev, ", ""))
        self.assertEqual(self.settings("--set", "a.src=ev")["a.src"], ("ev", "--set a.src=ev"))

    def test_a_parameter_of_the_scenario_within(self):
        self.write("s.yaml", SCENARIO.replace("m: 5", "m: $(many)").replace("twin:", "parameters: {many: 4}\ntwin:"))
        self.assertEqual(self.settings()["a.m"][0], "4")
        self.assertEqual(self.settings("--set", "many=6")["a/sink.workers"][0], "6")

    def test_changes(self):
        self.write("more.yaml", CHANGE)
        self.assertEqual(self.settings("--change", "more.yaml")["a/sink.workers"], ("7", "more.yaml:6:24"))
        done = self.call("rehearse", "more.yaml", "-n", "4", "--out", "r.h5")
        self.assertIn(done.returncode, (0, 4), done.stderr.decode())
        with h5py.File(self.folder / "r.h5") as file:
            self.assertIn("a.m\t5\tscenario\n", file["baseline"].attrs["origins"])
            self.assertIn("a.m\t7\tmore.yaml:6:24\n", file["candidate"].attrs["origins"])
            self.assertIn("a/sink.workers\t7\tmore.yaml:6:24\n", file["candidate"].attrs["origins"])
        self.call("validate", "more.yaml", code=MET)
        self.assertNotIn("error", self.call("change", "validate", "more.yaml").stderr.decode())
        impact = self.json_of(self.call("change", "impact", "more.yaml", "--json"))
        self.assertIn("a/sink", json.dumps(impact))
        self.call("run", "s.yaml", "--change", "more.yaml", "--out", "run.h5", code=MET)
        with h5py.File(self.folder / "run.h5") as file:
            self.assertIn("a.m\t7\tmore.yaml:6:24\n", file.attrs["origins"])

    def test_a_way_back(self):
        self.write("more.yaml", CHANGE + "rollout: {at: 2min}\nrollback: {after: 1min, recovered: present() < 1000, to: [a]}\n")
        done = self.call("rehearse", "more.yaml", "-n", "4")
        self.assertNotIn(b"internal", done.stderr)

    def test_studies(self):
        self.write("study.yaml", STUDY)
        done = self.call("capacity", "study.yaml", "--json", code=MET)
        rows = self.json_of(done)["settings"]
        found = {row["values"]["a.m"]: row["measures"][0]["estimate"] for row in rows}
        self.assertEqual({float(key): value for key, value in found.items()}, {5: 5, 6: 6, 7: 7})
        self.write("study.yaml", STUDY.replace("a.m: [5, 6, 7]", "a/sink.service: [1ms, 2ms]"))
        rows = self.json_of(self.call("capacity", "study.yaml", "--json", "--set", "a.m=8", code=MET))["settings"]
        self.assertEqual([row["measures"][0]["estimate"] for row in rows], [8, 8])

    # ---- what is wrong

    def test_names_that_are_none(self):
        self.assertIn("--set a.k=7: error: 'a', an instance of template 'mine', has no parameter 'k'; it has src, m, n",
                      self.error("run", "s.yaml", "--set", "a.k=7"))
        self.assertIn("'a/t', an instance of template 'kafka-topic', has no parameter 'consumer'; did you mean 'consumers'?",
                      self.error("run", "s.yaml", "--set", "a/t.consumer=7"))
        self.write("more.yaml", CHANGE.replace("a.m", "a.mm"))
        self.assertIn("more.yaml:6:15: error: 'a', an instance of template 'mine', has no parameter 'mm'",
                      self.error("run", "s.yaml", "--change", "more.yaml"))
        self.assertEqual(self.error("run", "s.yaml", "--set", "a.m={x: 1}").count("error: "), 1)
        wrong = self.error("run", "s.yaml", "--set", "a.m=many")
        self.assertIn("--set a.m=many: error: ", wrong)

    def test_an_element_of_the_same_name(self):
        self.write("s.yaml", SCENARIO.replace("twin:\n", "twin:\n  stages: {a: {reads: other, workers: 1, service: 1s}}\n")
                   .replace("load: {", "load: {other: {arrivals: poisson(1/min)}, "))
        self.assertIn("'a.m' is a parameter of the instance 'a', and a key of the stage 'a'; give one of them another name",
                      self.error("run", "s.yaml", "--set", "a.m=7"))
        self.assertEqual(self.settings("--set", "a.workers=2")["a.workers"][0], "2")

    def test_a_stored_twin_keeps_what_was_made(self):
        self.call("twin", "create", "kept", "s.yaml", code=MET)
        self.assertIn("error: 'a' is a part that is in place; set keys of its elements, such as 'a/",
                      self.error("run", "kept@1", "--set", "a.m=7"))
        self.call("validate", "s.yaml", "--set", "a/sink.workers=2", code=MET)

    def test_defaults_name_what_comes_before(self):
        self.write("templates/mine.yaml", MINE.replace("  m: {default: 3", "  m: {default: $(n)").replace("$(m), description", "$(m)1, description"))
        wrong = self.error("validate", "templates/mine.yaml")
        self.assertIn("templates/mine.yaml:6:16: error: the default of 'm' names 'n', which comes after it; declare 'n' before it", wrong)

    def test_a_stored_twin_says_of_which_template_its_parts_are(self):
        self.call("twin", "create", "s", "s.yaml", code=MET)
        self.call("twin", "export", "s", "--out", "kept.yaml", code=MET)
        kept = (self.folder / "kept.yaml").read_text()
        self.assertNotIn("instances", kept)
        self.assertRegex(kept, r"(?m)^    a/t/topic: .*tags: \[template:kafka-topic, template:mine\]")
        self.assertRegex(kept, r"(?m)^    a/sink: .*tags: \[template:mine\]")
        self.assertNotIn("tags", (self.folder / "s.yaml").read_text())
        self.call("validate", "kept.yaml", code=MET)
        for name, of in ("stored", "s@1"), ("exported", "kept.yaml"):
            self.call("run", of, "--replications", "2", "--out", name + ".h5")
        self.assertTrue((self.folder / "stored.h5").read_bytes() == (self.folder / "exported.h5").read_bytes())
        # The file that it was made of says the same again.
        self.call("twin", "update", "s", "s.yaml")
        self.assertIn("s@1", self.call("twin", "list", code=MET).stdout.decode())

    # ---- where templates are

    def test_found_from_below_and_listed(self):
        home = {**os.environ, "HOME": str(self.folder.parent)}
        below = self.folder / "scen" / "deep"
        below.mkdir(parents=True)
        (below / "s.yaml").write_text(SCENARIO)
        self.call("validate", "s.yaml", code=MET, cwd=below, env=home)
        used = self.call("config", "files", "scen/deep/s.yaml", code=MET, env=home).stdout.decode()
        self.assertIn("\ttemplates/mine.yaml\n", used)
        listed = self.call("template", code=MET, cwd=below, env=home).stdout.decode()
        self.assertRegex(listed, r"(?m)^  mine +A topic with its sink \(\.\./\.\./templates/mine\.yaml\)$")
        self.assertRegex(listed, r"(?m)^  kafka-topic +\w")
        self.assertEqual(self.call("template", "mine", code=MET, cwd=below, env=home).stdout.decode(), MINE)
        row = self.json_of(self.call("template", "mine", "--json", code=MET, env=home))["templates"][0]
        self.assertEqual((row["name"], row["file"], row["parameters"][2]["default"]), ("mine", "templates/mine.yaml", "$(m)"))
        self.assertIn("did you mean 'mine'?", self.error("template", "mne", env=home))
        # Nearer templates without it hide those above, unless a store says where the project ends.
        (below / "templates").mkdir()
        self.assertIn("there is no template 'mine'", self.error("validate", "s.yaml", cwd=below, env=home))
        self.call("twin", "create", "kept", "s.yaml", code=MET, env=home)
        self.call("validate", "s.yaml", code=MET, cwd=below, env=home)
        # Not above the project, nor above the home.
        other = self.folder / "other"
        (other / ".understudy").mkdir(parents=True)
        (other / "s.yaml").write_text(SCENARIO)
        self.assertIn("there is no template 'mine'", self.error("validate", "s.yaml", cwd=other, env=home))
        (other / ".understudy").rmdir()
        self.call("validate", "s.yaml", code=MET, cwd=other, env=home)
        self.assertIn("there is no template 'mine'",
                      self.error("validate", "s.yaml", cwd=other, env={**os.environ, "HOME": str(other)}))

    def test_instances_of_a_file_that_is_included(self):
        (self.folder / "below").mkdir()
        (self.folder / "below" / "part.yaml").write_text(
            "understudy: 1\nscenario: part\ntwin: {instances: {a: {template: mine, src: ev, m: 5}}}\n")
        self.write("s.yaml", SCENARIO.replace("  instances: {a: {template: mine, src: ev, m: 5}}", "  stages: {}")
                   .replace("twin:", "include: [below/part.yaml]\ntwin:"))
        self.assertEqual(self.settings("--set", "a.m=7")["a/sink.workers"], ("7", "--set a.m=7"))


if __name__ == "__main__":
    main()
