import type { ReactNode } from 'react'

export function RowPage (): ReactNode {
  return <h1>RowPage</h1>
}
