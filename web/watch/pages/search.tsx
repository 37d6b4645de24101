import type { ReactNode } from 'react'

export function SearchPage (): ReactNode {
  return <h1>SearchPage</h1>
}
