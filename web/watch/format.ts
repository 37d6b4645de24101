// Durations, languages and times as people say them.
const languageNames = new Intl.DisplayNames('en', { type: 'language' })
const timeOfDay = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const longDate = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' })

/** 83,000 ms is "1:23", an hour more "1:01:23". */
export function clock (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** "2 h 16 min", "48 min"; below two minutes "60 s". */
export function length (ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** "Spanish" of "es"; a tag that is no language stays as it is. */
export function languageName (tag: string): string {
  try {
    return languageNames.of(tag) ?? tag
  } catch {
    return tag
  }
}

export function timeOf (timestamp: string): string {
  return timeOfDay.format(new Date(timestamp))
}

/** "Sep 19, 1975" of "1975-09-19". */
export function dateOf (fullDate: string): string {
  return longDate.format(new Date(fullDate))
}

/** "S2 E5"; null for a movie. */
export function episodeCode ({ season, episode }: { season: number | null, episode: number | null }): string | null {
  return season === null || episode === null ? null : `S${season} E${episode}`
}

export function count (amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}

/** "720p", "4K". */
export function qualityName (height: number): string {
  return height >= 2_160 ? `4K · ${height}p` : `${height}p`
}

/** What lists of sessions and streams call this device: "Firefox on Windows". */
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
  const nameIn = (names: typeof browsers): string | null => names.find(([pattern]) => pattern.test(agent))?.[1] ?? null
  const system = nameIn(systems)
  return `${nameIn(browsers) ?? 'A browser'}${system === null ? '' : ` on ${system}`}`
}
