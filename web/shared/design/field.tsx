// Form fields with a label and the error of the field.
import { clsx } from 'clsx'
import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'

interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly error?: string | null
}

interface LabelledProps extends FieldProps {
  readonly id: string
  readonly children: ReactNode
  readonly isFloating?: boolean
}

function Labelled ({ id, label, hint, error, children, isFloating = false }: LabelledProps): ReactNode {
  const text = error ?? hint
  return (
    <div className={clsx('field', isFloating && 'field-floating')}>
      <label className="field-label" htmlFor={id}>{label}</label>
      {children}
      {text === undefined
        ? null
        : (
          <p
            id={`${id}-text`}
            className={clsx('field-text', error && 'field-error')}
            role={error ? 'alert' : undefined}
          >
            {text}
          </p>
        )}
    </div>
  )
}

const describedBy = (id: string, { hint, error }: FieldProps) => ({
  'aria-describedby': hint === undefined && !error ? undefined : `${id}-text`,
  'aria-invalid': error ? true : undefined,
})

export function TextField (
  { label, hint, error = null, className, ...props }: FieldProps & InputHTMLAttributes<HTMLInputElement>,
): ReactNode {
  const id = useId()
  const field = { label, error, ...hint === undefined ? {} : { hint } }
  return (
    <Labelled id={id} {...field}>
      <input id={id} {...props} {...describedBy(id, field)} className={clsx('input', className)} />
    </Labelled>
  )
}

export function TextArea (
  { label, hint, error = null, className, ...props }: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>,
): ReactNode {
  const id = useId()
  const field = { label, error, ...hint === undefined ? {} : { hint } }
  return (
    <Labelled id={id} {...field}>
      <textarea id={id} rows={4} {...props} {...describedBy(id, field)} className={clsx('input', className)} />
    </Labelled>
  )
}

interface Option {
  readonly value: string
  readonly label: string
}

export function SelectField (
  { label, hint, error = null, options, className, ...props }: FieldProps & SelectHTMLAttributes<HTMLSelectElement> & {
    readonly options: readonly Option[],
  },
): ReactNode {
  const id = useId()
  const field = { label, error, ...hint === undefined ? {} : { hint } }
  return (
    <Labelled id={id} {...field}>
      <select id={id} {...props} {...describedBy(id, field)} className={clsx('input', className)}>
        {options.map(({ value, label: text }) => <option key={value} value={value}>{text}</option>)}
      </select>
    </Labelled>
  )
}

export function CheckField (
  { label, hint, ...props }: Omit<FieldProps, 'error'> & InputHTMLAttributes<HTMLInputElement>,
): ReactNode {
  const id = useId()
  return (
    <div className="check-field">
      <input id={id} type="checkbox" {...props} aria-describedby={hint === undefined ? undefined : `${id}-text`} />
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : <p id={`${id}-text`} className="field-text">{hint}</p>}
    </div>
  )
}
