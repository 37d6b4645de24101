// CPU time and memory of another process, read from /proc. Null on systems without it.
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ is 100 on every architecture that Node supports. */
const TICK_MS = 10

/**
 * User and system time of a process with all its threads, ms. The resolution is 20 ms without the statistics of the
 * scheduler, and after a thread has ended: they count the threads that run.
 */
export function readCpuMs (pid: number | null): number | null {
  const times = [readThreadTimes(pid), readTimes(pid, 11)].filter((time) => time !== null)
  return times.length === 0 ? null : Math.max(...times)
}

/** The time of all threads with a resolution of 1 ns, in ms; null if the kernel has no such statistics. */
function readThreadTimes (pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map((id) =>
      Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0])
    )
    const total = nanoseconds.reduce((sum, time) => sum + time, 0)
    return total > 0 ? total / 1e6 : null
  } catch {
    return null
  }
}

/** User and system time of the children of a process that have ended, ms. */
export function readChildrenCpuMs (pid: number | null): number | null {
  return readTimes(pid, 13)
}

/** Running children of a process; empty when they cannot be read. */
export function readChildPids (pid: number): number[] {
  const children = readProcFile(pid, `task/${pid}/children`) ?? ''
  return children.split(' ').filter((text) => text !== '').map(Number)
}

/** @param index of the first of two fields of /proc/PID/stat, counted from field 3 */
function readTimes (pid: number | null, index: number): number | null {
  const stat = readProcFile(pid, 'stat')
  if (stat === null) return null
  // The command in parentheses may contain spaces. The fields after it start with field 3; the times are 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[index]) + Number(fields[index + 1])
  return Number.isFinite(ticks) ? ticks * TICK_MS : null
}

/** Resident set size in bytes. */
export function readRss (pid: number | null): number | null {
  return readMemory(pid, /^VmRSS:\s+(\d+) kB$/m)
}

/** Largest resident set size so far, in bytes. */
export function readPeakRss (pid: number | null): number | null {
  return readMemory(pid, /^VmHWM:\s+(\d+) kB$/m)
}

function readMemory (pid: number | null, pattern: RegExp): number | null {
  const kilobytes = pattern.exec(readProcFile(pid, 'status') ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

function readProcFile (pid: number | null, name: 'stat' | 'status' | `task/${number}/children`): string | null {
  if (pid === null || process.platform !== 'linux') return null
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

/** A process and all processes that it started, directly or not. The process alone on systems without /proc. */
export function listProcessTree (pid: number): number[] {
  let children: number[] = []
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    // The process has ended, or there is no /proc.
  }
  return [pid, ...children.flatMap(listProcessTree)]
}
