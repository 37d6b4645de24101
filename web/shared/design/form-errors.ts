// Assigns errors of the API to the fields of a form, in the language of the interface. Loads with the forms.
import { ApiProblem, isProblem } from '../api/problem.js'
import { useErrorText, useFieldErrorText } from './error-text.js'

/** Problems that are about one field. */
const FIELDS_OF_PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  'email-taken': ['email'],
  'profile-name-taken': ['name', 'profileName'],
  'service-account-exists': ['name'],
  'wrong-password': ['password', 'currentPassword'],
  'wrong-pin': ['pin', 'currentPin'],
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
  const describeField = useFieldErrorText()
  const errorAt = (field: string): string | null => {
    if (!(error instanceof ApiProblem)) return null
    if (isProblem(error) && FIELDS_OF_PROBLEMS[error.problem.code]?.includes(field) === true) {
      return describeError(error)
    }
    const rejected = error.problem.errors?.find(({ pointer }) => pointer === `/${field}`)
    return rejected === undefined ? null : describeField(rejected)
  }
  const isAtField = fields.some((field) => errorAt(field) !== null)
  return { errorAt, formError: error === null || isAtField ? null : describeError(error) }
}

/** Returns a function that describes an error, with the rejected fields by name. */
export function useFormErrorText (nameField: (field: string) => string): (error: unknown) => string {
  const describeError = useErrorText()
  const describeField = useFieldErrorText()
  return (error) => {
    const rejected = error instanceof ApiProblem ? error.problem.errors ?? [] : []
    if (rejected.length === 0) return describeError(error)
    return rejected.map((one) => {
      const [, field = '', ...rest] = one.pointer.split('/')
      return `${[nameField(field), ...rest].join(' › ')}: ${describeField(one)}`
    }).join(' ')
  }
}
