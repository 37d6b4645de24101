// How much memory another process holds; null where the system does not tell.
import { readFileSync } from 'node:fs'

/** Resident set size in bytes. */
export function readRss (pid: number | null): number | null {
  return readStatus(pid, /^VmRSS:\s+(\d+) kB$/m)
}

/** The largest that the resident set has been so far, bytes. */
export function readPeakRss (pid: number | null): number | null {
  return readStatus(pid, /^VmHWM:\s+(\d+) kB$/m)
}

function readStatus (pid: number | null, line: RegExp): number | null {
  if (pid === null || process.platform !== 'linux') return null
  try {
    const kilobytes = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
