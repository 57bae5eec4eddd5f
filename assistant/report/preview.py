"""What a run would execute, as SQL; neither the model nor the rows are touched."""

from assistant.locale import t
from assistant.report.lock import lock_path, read_lock
from assistant.report.parameters import filled_file
from assistant.report.runner import Job
from assistant.report.settling import asks, settle
from assistant.report.staff import OpenDatabase


async def statements(job: Job, open_database: OpenDatabase) -> list[str]:
    """A comment with the id and the statement of each question; of the unlocked ones a comment."""
    lock = read_lock(lock_path(job.path))
    filled = filled_file(job.file, job.values)
    lines = []
    async with open_database() as database:
        for ask in asks(job.file.questions, filled.questions, job.values, lock):
            if job.only and ask.question.id not in job.only:
                continue
            settled = settle(ask, job.values, database.schema, update=job.update)
            if settled is None:
                lines.append(f"-- {ask.question.id}: {t('report.not_locked')}")
            else:
                origin = t(f"report.origin_{settled.origin}")
                lines += [f"-- {ask.question.id}: {origin}", f"{settled.text.rstrip(';')};"]
    return lines
