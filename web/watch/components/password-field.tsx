// A new password: the rules, how strong it is, and a button that shows it.
import { Eye, EyeOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { TextField } from '@shared/design/field.js'

/** The service may require more, and states it. */
const MIN_PASSWORD_LENGTH = 8
const GOOD_LENGTH = 12
const STRONG_LENGTH = 16
const MIN_DIFFERENT_CHARACTERS = 5

type Strength = 'short' | 'weak' | 'good' | 'strong'
const STRENGTHS: readonly Strength[] = ['short', 'weak', 'good', 'strong']

/** Length decides, as in the rules of the service. */
export function estimateStrength (password: string): Strength {
  const characters = [...password]
  if (characters.length < MIN_PASSWORD_LENGTH) return 'short'
  if (new Set(characters).size < MIN_DIFFERENT_CHARACTERS || characters.length < GOOD_LENGTH) return 'weak'
  return characters.length < STRONG_LENGTH ? 'good' : 'strong'
}

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | null
  readonly isFocused?: boolean
}

export function PasswordField ({ label, value, onChange, error, isFocused = false }: PasswordFieldProps): ReactNode {
  const t = useTranslations('passwords')
  const [isShown, setShown] = useState(false)
  const strength = estimateStrength(value)
  const level = value === '' ? 0 : STRENGTHS.indexOf(strength) + 1
  const Icon = isShown ? EyeOff : Eye
  return (
    <div className="password-field">
      <TextField
        label={label}
        hint={t('rules', { min: MIN_PASSWORD_LENGTH })}
        type={isShown ? 'text' : 'password'}
        name="password"
        autoComplete="new-password"
        required
        autoFocus={isFocused}
        minLength={MIN_PASSWORD_LENGTH}
        error={error}
        value={value}
        onChange={({ target }) => {
          onChange(target.value)
        }}
      />
      <button
        type="button"
        className="password-toggle"
        aria-pressed={isShown}
        aria-label={t('show')}
        title={t('show')}
        onClick={() => {
          setShown(!isShown)
        }}
      >
        <Icon className="icon" aria-hidden />
      </button>
      <div className="password-strength" data-level={level} aria-live="polite">
        <span className="password-bars" aria-hidden>
          {STRENGTHS.map((name, index) => <i key={name} className={index < level ? 'is-on' : undefined} />)}
        </span>
        <small className="quiet">{level === 0 ? '' : t(strength)}</small>
      </div>
    </div>
  )
}
