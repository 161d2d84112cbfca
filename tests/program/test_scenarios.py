"""Promised: the shipped scenarios give the results they have always given. Shown: verdict, objectives and the
fingerprint over all events are those of scenarios/NAME/expected.json. After a wanted change run with
UNDERSTUDY_UPDATE_EXPECTED=1, read the difference, and write why into CHANGELOG.md.
"""

import json
import unittest

from program import SOURCES, UPDATE, ProgramTest, main


def shipped():
    return sorted(path.parent for path in (SOURCES / "scenarios").glob("*/scenario.yaml"))


class Shipped(ProgramTest):
    def test_there_are_some(self):
        self.assertIn("orders-nightly", [folder.name for folder in shipped()])

    def test_each_is_what_it_was(self):
        for folder in shipped():
            with self.subTest(scenario=folder.name):
                done = self.call("run", folder / "scenario.yaml", "--json")
                self.assertEqual(done.stderr, b"", "a shipped scenario runs without warnings")
                result = self.json_of(done)
                found = {"exit_code": done.returncode, "verdict": result["verdict"], "reason": result["reason"],
                         "objectives": {o["text"]: o["verdict"] for o in result["objectives"]},
                         "events": result["events"], "fingerprint": result["fingerprint"]}
                expected = folder / "expected.json"
                if UPDATE:
                    expected.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
                self.assertTrue(expected.exists(), "run with UNDERSTUDY_UPDATE_EXPECTED=1 to write it")
                self.assertEqual(found, json.loads(expected.read_text()))

    def test_each_change_passes_its_own_checks(self):
        changes = sorted((SOURCES / "scenarios").glob("*/changes/*.yaml"))
        self.assertGreaterEqual(len(changes), 3)
        for change in changes:
            with self.subTest(change=change.name):
                answer = self.json_of(self.call("change", "validate", change, "--json", code=0))
                self.assertEqual([check for check in answer["checks"] if check["status"] == "failed"], [])
                self.call("validate", change, code=0)

    def test_each_is_valid_and_named_after_its_folder(self):
        for folder in shipped():
            with self.subTest(scenario=folder.name):
                done = self.call("validate", folder / "scenario.yaml", code=0)
                self.assertEqual(done.stderr, b"")
                self.assertIn(f"scenario: {folder.name}\n", (folder / "scenario.yaml").read_text())


if __name__ == "__main__":
    main()
