"""Tasks for coding agents, a grader that needs no model, and a runner for the agents' command lines.

    python -m skill.evals list
    python -m skill.evals set-up FOLDER --task create-postgres-fastapi     # what the agent gets
    python -m skill.evals grade FOLDER --task create-postgres-fastapi      # what it made of that
    python -m skill.evals run --agent claude --bundle build/….zip --results results.json
    python -m skill.evals report results.json

They stay in the repository: the bundle that agents install does not hold them.
"""
