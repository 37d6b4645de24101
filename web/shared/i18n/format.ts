// Formats durations, dates, languages and resolutions in the language of the interface.
import { useMemo } from 'react'
import { useLocale, useTranslations } from 'use-intl'

/** Formats a position: 83,000 ms as "1:23", an hour more as "1:01:23". */
export function formatPosition (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const pad = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** Formats a video height: "720p", "4K". */
export function formatResolution (height: number): string {
  return height >= 2_160 ? `4K · ${height}p` : `${height}p`
}

/** Tags that name no language: undetermined, uncoded, and private use (ISO 639-2; RFC 5646 §2.2.1). */
const NO_LANGUAGE = /^(?:und|mis|q[a-t][a-z])(?:-|$)/i

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export interface Formats {
  /** 136 minutes as "2 h 16 min", less than two minutes in seconds. */
  readonly duration: (ms: number) => string
  /** "es" as "Spanish"; a tag without a name unchanged; "und" as "Unknown language". */
  readonly language: (tag: string) => string
  /** A full date such as "1975-09-19", without a shift by time zones. */
  readonly date: (fullDate: string) => string
  /** Date and time of a timestamp. */
  readonly dateTime: (timestamp: string) => string
  readonly time: (timestamp: string) => string
  readonly number: (value: number) => string
  readonly bytes: (value: number) => string
}

export function useFormats (): Formats {
  const locale = useLocale()
  const t = useTranslations('format')
  return useMemo(() => {
    const languages = new Intl.DisplayNames(locale, { type: 'language' })
    const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
    const dateTimes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
    const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
    const numbers = new Intl.NumberFormat(locale)
    const decimals = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
    return {
      duration: (ms) => {
        if (ms < 120_000) return t('seconds', { seconds: Math.round(ms / 1_000) })
        const minutes = Math.round(ms / 60_000)
        return minutes < 60
          ? t('minutes', { minutes })
          : t('hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      },
      language: (tag) => {
        if (NO_LANGUAGE.test(tag)) return t('unknownLanguage')
        try {
          return languages.of(tag) ?? tag
        } catch {
          return tag
        }
      },
      date: (fullDate) => dates.format(new Date(fullDate)),
      dateTime: (timestamp) => dateTimes.format(new Date(timestamp)),
      time: (timestamp) => times.format(new Date(timestamp)),
      number: (value) => numbers.format(value),
      bytes: (value) => {
        const power = Math.min(Math.floor(Math.log10(Math.max(1, value)) / 3), BYTE_UNITS.length - 1)
        return `${decimals.format(value / 1_000 ** power)} ${BYTE_UNITS[power] ?? 'B'}`
      },
    }
  }, [locale, t])
}
