// A trailer in a tab of its own.
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from '@shared/design/button.js'

export function TrailerLink ({ url, label }: { readonly url: string, readonly label: string }): ReactNode {
  return (
    <a href={url} target="_blank" rel="noreferrer" className={buttonClass('plain')}>
      <ExternalLink className="icon" aria-hidden />
      {label}
    </a>
  )
}
