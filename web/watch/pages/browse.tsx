import type { ReactNode } from 'react'

export function BrowsePage (): ReactNode {
  return <h1>BrowsePage</h1>
}
