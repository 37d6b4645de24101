// Headings of the rows of the home page, which the API returns in English.
import { useTranslations } from 'use-intl'

interface Row {
  readonly id: string
  readonly title: string
}

const BECAUSE_PREFIX = 'Because you watched '

/** Returns a function that names a row in the language of the interface. Rows of genres have the name of the genre. */
export function useRowTitle (): (row: Row) => string {
  const t = useTranslations('home')
  return ({ id, title }) => {
    if (id.startsWith('because-') && title.startsWith(BECAUSE_PREFIX)) {
      return t('rows.because', { title: title.slice(BECAUSE_PREFIX.length) })
    }
    const key = `rows.${id}` as never
    return id !== 'because' && t.has(key) ? t(key) : title
  }
}
