import type { ReactNode } from 'react'

export function ImportHistoryPage (): ReactNode {
  return <h1>ImportHistoryPage</h1>
}
