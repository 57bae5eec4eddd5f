"""What stands between a person and an answer, looked at one thing at a time.

Each check takes facts and returns a finding. `assistant.cli.examination` gathers the facts from
the other packages; what lies on this machine's disk a check looks at by itself.
"""
