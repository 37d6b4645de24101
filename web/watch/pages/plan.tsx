import type { ReactNode } from 'react'

export function PlanPage (): ReactNode {
  return <h1>PlanPage</h1>
}
