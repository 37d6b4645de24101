// Times: the rules count ms since the epoch, documents hold dates.

export function dateOrNull (time: number | null): Date | null {
  return time === null ? null : new Date(time)
}

export function timeOrNull (date: Date | null | undefined): number | null {
  return date?.getTime() ?? null
}
