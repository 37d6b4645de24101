// Formats durations, dates, languages and resolutions for the user.
const languageNames = new Intl.DisplayNames('en', { type: 'language' })
const timeOfDay = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const longDate = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' })

/** Formats a position: 83,000 ms as "1:23", an hour more as "1:01:23". */
export function formatPosition (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const pad = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** Formats a duration: "2 h 16 min", "48 min", below two minutes "60 s". */
export function formatDuration (ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Returns "Spanish" for "es", and an unknown tag unchanged. */
export function languageName (tag: string): string {
  try {
    return languageNames.of(tag) ?? tag
  } catch {
    return tag
  }
}

export function formatTime (timestamp: string): string {
  return timeOfDay.format(new Date(timestamp))
}

/** Formats "1975-09-19" as "Sep 19, 1975". */
export function formatDate (fullDate: string): string {
  return longDate.format(new Date(fullDate))
}

/** Returns "S2 E5", or null for a movie. */
export function episodeCode ({ season, episode }: { season: number | null, episode: number | null }): string | null {
  return season === null || episode === null ? null : `S${season} E${episode}`
}

export function formatCount (amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`
}

/** Formats a video height: "720p", "4K · 2160p". */
export function formatResolution (height: number): string {
  return height >= 2_160 ? `4K · ${height}p` : `${height}p`
}

/** Returns the name of this device in lists of sessions and streams: "Firefox on Windows". */
export function deviceName (agent = navigator.userAgent): string {
  const browsers: ReadonlyArray<readonly [RegExp, string]> = [
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]
  const systems: ReadonlyArray<readonly [RegExp, string]> = [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'Mac'],
    [/Linux/, 'Linux'],
  ]
  const findName = (names: typeof browsers): string | null =>
    names.find(([pattern]) => pattern.test(agent))?.[1] ?? null
  const system = findName(systems)
  return `${findName(browsers) ?? 'Browser'}${system === null ? '' : ` on ${system}`}`
}
