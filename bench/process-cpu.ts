// How much processor time another process has used so far; null where the system does not tell.
import { readFileSync } from 'node:fs'

/** USER_HZ: Linux counts in hundredths of a second on every processor that Node runs on. */
const TICK_MS = 10

/** User and system time of a process with all its threads, ms; in steps of 10, so it is to be summed over many requests. */
export function readCpuMs (pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name is in parentheses and may hold spaces: what follows begins with field 3, and times are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? ticks * TICK_MS : null
  } catch {
    return null
  }
}
