// Describes errors for the user, in the language of the interface where the app knows the code.
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
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

/** Returns a function that describes an error. The API describes its problems in English. */
export function useErrorText (): (error: unknown) => string {
  const t = useTranslations('problems')
  const describeField = useFieldErrorText()
  return useCallback((error) => {
    if (error instanceof ApiProblem) {
      const { code, detail, errors = [] } = error.problem
      if (t.has(code as never)) return t(code as never)
      return errors.map(describeField).join(' ') || detail
    }
    return t(error instanceof UnreachableError ? 'unreachable' : 'server-error')
  }, [t, describeField])
}
