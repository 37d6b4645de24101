import type { ReactNode } from 'react'

export function RatingsPage (): ReactNode {
  return <h1>RatingsPage</h1>
}
