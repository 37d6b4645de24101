// Describes errors for the user, in the language of the interface where the app knows the code.
import { useCallback } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { ApiProblem, UnreachableError } from '../api/problem.js'

export type RejectedField = NonNullable<ApiProblem['problem']['errors']>[number]

/** Returns a function that describes what is wrong with a field. */
export function useFieldErrorText (): (error: RejectedField) => string {
  const t = useTranslations()
  return useCallback(({ code, message, limit = 0 }) => {
    const key = `fieldErrors.${code}` as never
    // The text of the API, which is English, states what `invalid` means.
    if (code === 'invalid' || !t.has(key)) return message.charAt(0).toUpperCase() + message.slice(1)
    return t(key, { limit } as never)
  }, [t])
}

/** A message about any problem of a status, such as `status-409`; the most general one last. */
const generalKeys = (status: number): string[] => [`problems.status-${status}`, 'problems.status-4xx']

/**
 * Returns a function that describes an error. The API describes its problems in English: pages in other languages show
 * a general message for codes that the app does not know.
 */
export function useErrorText (): (error: unknown) => string {
  const t = useTranslations()
  const locale = useLocale()
  const describeField = useFieldErrorText()
  return useCallback((error) => {
    if (!(error instanceof ApiProblem)) {
      return t(error instanceof UnreachableError ? 'states.unreachable' : 'states.serverError')
    }
    const { code, status, detail, errors = [] } = error.problem
    if (errors.length > 0 && code === 'validation-failed') return errors.map(describeField).join(' ')
    const key = `problems.${code}`
    if (t.has(key as never)) return t(key as never)
    if (locale === 'en') return detail
    if (status >= 500) return t('states.serverError')
    const generalKey = generalKeys(status).find((candidate) => t.has(candidate as never))
    return generalKey === undefined ? detail : t(generalKey as never)
  }, [t, locale, describeField])
}
