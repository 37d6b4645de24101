// Describes errors for the user, in the language of the interface where the app knows the code.
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import { ApiProblem, UnreachableError } from '../api/problem.js'

/** Returns a function that describes an error. The API describes its problems in English. */
export function useErrorText (): (error: unknown) => string {
  const t = useTranslations('problems')
  return useCallback((error) => {
    if (error instanceof ApiProblem) {
      const { code, detail, errors } = error.problem
      if (t.has(code as never)) return t(code as never)
      const fields = errors?.map(({ message }) => message).join(' ') ?? ''
      return fields === '' ? detail : `${detail} ${fields}`
    }
    return t(error instanceof UnreachableError ? 'unreachable' : 'server-error')
  }, [t])
}
