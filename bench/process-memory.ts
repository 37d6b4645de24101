// How much memory another process holds; null where the system does not tell.
import { readFileSync } from 'node:fs'

/** Resident set size in bytes. */
export function readRss (pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
