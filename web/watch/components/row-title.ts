// Headings of the rows of the home page, which the API returns in English.
import { useTranslations } from 'use-intl'

interface Row {
  readonly id: string
  readonly title: string
  /** The watched title that the row follows from. */
  readonly because?: { readonly title: string } | null
}

/** Returns a function that names a row in the language of the interface. Rows of genres have the name of the genre. */
export function useRowTitle (): (row: Row) => string {
  const t = useTranslations('home')
  return ({ id, title, because }) => {
    if (because != null) return t('rows.because', { title: because.title })
    const key = `rows.${id}` as never
    return id !== 'because' && t.has(key) ? t(key) : title
  }
}
