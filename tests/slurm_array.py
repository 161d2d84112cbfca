#!/usr/bin/env python3
"""A real Slurm job array: what `capacity --emit slurm` prints, submitted as it stands.

Usage: slurm_array.py PROGRAM

Promised: the array's parts and the merge that its first part submits end with the bytes of the study done at once; so they
do where a node dies in the middle and Slurm begins its parts again. Shown: munged, slurmctld and two slurmd of one core each, all on this
machine and in a folder of their own that is thrown away with them; a study of sensitivity in four parts. Needs root and Debian's slurmctld,
slurmd, slurm-client and munge; without them it says so and does nothing, with exit code 77.
"""
import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
PARTS = 4
BASE = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 2, cost: 1EUR/h, queue: {capacity: 20, full: drop}, service: work}
load:
  jobs: {arrivals: poisson(1/s), fields: {work: lognormal(mean 1500ms cv 1.5)}}
run: {length: 2h, warm_up: 5min, replications: 20, seed: 7}
objectives: [share lost() <= 1%]
"""
STUDY = """understudy: 1
study: assumptions
base: shop.yaml
method: morris
measures: [avg wait(server), share lost(server)]
budget: {replications: 3000}
vary:
  server.workers: 1..6
  server.queue.capacity: 1..60
  jobs.work.mean: uniform(1200ms..1800ms)
"""
CONFIGURATION = """ClusterName=tier
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""
TOOLS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")


def free_ports(count):
    """They may be taken before they are used, which would be said by whoever wants them."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


class Cluster:
    """Of two nodes of one core each, here."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for name in ("state", "spool.n1", "spool.n2"):
            (folder / name).mkdir()
        self.configuration = folder / "slurm.conf"
        self.configuration.write_text(CONFIGURATION.format(host=socket.gethostname().split(".")[0], folder=folder,
                                                           ports=free_ports(3)))
        os.environ["SLURM_CONF"] = str(self.configuration)
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        run("munged", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid",
            f"--log-file={folder}/munged.log", f"--seed-file={folder}/munge.seed")
        run("slurmctld", "-f", str(self.configuration))
        for node in ("n1", "n2"):
            run("slurmd", "-N", node, "-f", str(self.configuration))

    def stop(self):
        for name in ("slurmd.n1", "slurmd.n2", "slurmctld", "munged"):
            try:
                os.kill(int((self.folder / f"{name}.pid").read_text()), signal.SIGTERM)
            except (OSError, ValueError):
                pass

    @staticmethod
    def jobs():
        return run("squeue", "--noheader", "--format=%i %T", capture_output=True, text=True).stdout.split("\n")[:-1]

    def wait(self, what, until, seconds=600):
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                sys.exit(f"{what} after {seconds} s: {self.jobs()}\n{(self.folder / 'slurmctld.log').read_text()[-3000:]}")
            time.sleep(0.2)


def study(folder, program, cluster, meddle):
    """Submits the array in a folder of its own, lets something happen to it, and gives the bytes of its result."""
    folder.mkdir()
    (folder / "shop.yaml").write_text(BASE)
    (folder / "study.yaml").write_text(STUDY)
    script = run(program, "capacity", "study.yaml", "--out", "study.h5", "--shards", str(PARTS), "--emit", "slurm",
                 cwd=folder, capture_output=True).stdout
    (folder / "job.sbatch").write_bytes(script)
    run("sbatch", "job.sbatch", cwd=folder, stdout=subprocess.DEVNULL)
    meddle(folder)
    result = folder / "study.h5"
    cluster.wait("no result", lambda: result.exists() and not cluster.jobs())
    return result.read_bytes()


def main():
    words = argparse.ArgumentParser(description="A real Slurm job array.")
    words.add_argument("program", type=Path)
    program = str(words.parse_args().program.resolve())
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing or os.geteuid() != 0:
        print(f"skipped: {'no ' + ', '.join(missing) if missing else 'not root'}")
        sys.exit(SKIPPED)
    for name in [name for name in os.environ if name.startswith(("SLURM_", "JOB_COMPLETION", "OMPI_", "PMI_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        (scratch / "bin").mkdir()
        (scratch / "bin" / "understudy").symlink_to(program)
        os.environ["PATH"] = f"{scratch / 'bin'}:{os.environ['PATH']}"
        (scratch / "whole").mkdir()
        (scratch / "whole" / "shop.yaml").write_text(BASE)
        (scratch / "whole" / "study.yaml").write_text(STUDY)
        subprocess.run([program, "capacity", "study.yaml", "--out", "study.h5"], cwd=scratch / "whole",
                       check=True, capture_output=True)
        whole = (scratch / "whole" / "study.h5").read_bytes()
        cluster = Cluster(scratch / "cluster")
        try:
            def requeue(folder):
                """Whoever has begun, once it has done something."""
                cluster.wait("no part began", lambda: any(one.stat().st_size > 2000 for one in folder.glob("study.h5.*.ledger")))
                running = [job.split()[0] for job in cluster.jobs() if job.endswith("RUNNING")]
                run("scontrol", "requeue", running[0])

            for what, meddle in (("undisturbed", lambda folder: None), ("a part begun again", requeue)):
                same = study(scratch / what.replace(" ", "-"), program, cluster, meddle) == whole
                print(f"{what}: {'the same bytes' if same else 'OTHER BYTES'}", flush=True)
                if not same:
                    sys.exit(1)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
