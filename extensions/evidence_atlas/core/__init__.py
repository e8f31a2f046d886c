"""What an atlas knows without Sphinx: policy, records, references, verdicts, notices and the checks.

The build, the command line and other programs share it. Nothing in here imports Sphinx or docutils.
"""
