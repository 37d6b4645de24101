import type { ReactNode } from 'react'

export function ShowPage (): ReactNode {
  return <h1>ShowPage</h1>
}
