// Describes errors for the user, in the language of the interface where the app knows the code.
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import { ApiProblem, findFieldError, isProblem, UnreachableError } from '../api/problem.js'

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

/** Problems that are about one field. A form has at most one of the fields. */
const FIELDS_OF_PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  'email-taken': ['email'],
  'profile-name-taken': ['name', 'profileName'],
  'wrong-password': ['password', 'currentPassword'],
  'wrong-pin': ['pin'],
}

export interface FormErrors {
  /** The error of a field; null if there is none. */
  readonly errorAt: (field: string) => string | null
  /** The error that is not of a field; null if there is none. */
  readonly formError: string | null
}

/** Assigns an error to the fields of a form. */
export function useFormErrors (error: unknown, fields: readonly string[]): FormErrors {
  const describeError = useErrorText()
  const errorAt = (field: string): string | null => {
    if (isProblem(error) && FIELDS_OF_PROBLEMS[error.problem.code]?.includes(field) === true) {
      return describeError(error)
    }
    const message = findFieldError(error, field)
    return message === null ? null : message.charAt(0).toUpperCase() + message.slice(1)
  }
  const isAtField = fields.some((field) => errorAt(field) !== null)
  return { errorAt, formError: error === null || isAtField ? null : describeError(error) }
}
