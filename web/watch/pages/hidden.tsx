import type { ReactNode } from 'react'

export function HiddenPage (): ReactNode {
  return <h1>HiddenPage</h1>
}
