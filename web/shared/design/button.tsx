// Buttons, and links that look like buttons.
import { clsx } from 'clsx'
import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode } from 'react'

export type ButtonLook = 'main' | 'quiet' | 'danger' | 'plain' | 'bare'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook
  readonly isSmall?: boolean
  readonly isWide?: boolean
  /** Shows progress, and accepts no clicks. */
  readonly isBusy?: boolean
  readonly icon?: LucideIcon
}

export function buttonClass (look: ButtonLook = 'plain', isSmall = false, isWide = false): string {
  return look === 'bare'
    ? 'button-bare'
    : clsx('button', `button-${look}`, isSmall && 'button-small', isWide && 'button-wide')
}

export function Button (
  { look = 'plain', isSmall = false, isWide = false, isBusy = false, icon: Icon, className, children, ...props }:
    ButtonProps,
): ReactNode {
  return (
    <button
      type="button"
      {...props}
      className={clsx(buttonClass(look, isSmall, isWide), className)}
      disabled={props.disabled === true || isBusy}
      aria-busy={isBusy || undefined}
    >
      {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
      {children}
    </button>
  )
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LucideIcon
  /** The name for screen readers, and the tooltip. */
  readonly label: string
  readonly isPressed?: boolean
}

export function IconButton ({ icon: Icon, label, isPressed, className, ...props }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...props}
      aria-pressed={isPressed}
      className={clsx('icon-button', className)}
    >
      <Icon className="icon" aria-hidden />
    </button>
  )
}
