import t from 'tap'
import { createAuditLog } from '../../src/audit/audit-log.js'
import { createBackgroundTasks } from '../../src/jobs/background-tasks.js'

t.test('entries that cannot be written go to the process log', async (t) => {
  const lines: object[] = []
  const background = createBackgroundTasks({ error: () => undefined })
  // Without a connection, every write fails.
  const audit = createAuditLog({
    log: {
      error: (line: object) => {
        lines.push(line)
      },
    } as never,
    background,
    retentionDays: 30,
    now: () => new Date(),
  })
  audit.record({ action: 'log-in', result: 'ok', requestId: 'r1' })
  audit.record({ action: 'log-out', result: 'ok', requestId: 'r2' })
  t.equal(lines.length, 0, 'not during the request')
  await audit.onIdle()
  t.match(lines, [{ audit: [{ action: 'log-in', requestId: 'r1' }, { action: 'log-out', requestId: 'r2' }] }])
})
