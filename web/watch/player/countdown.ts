// A countdown before something starts without the user.
import { useEffect, useRef, useState } from 'react'

const SECONDS = 10

/** Counts down while it is active. @returns the remaining seconds; null while it is not active */
export function useCountdown (isActive: boolean, run: () => void): number | null {
  const [remaining, setRemaining] = useState(SECONDS)
  const latestRun = useRef(run)
  useEffect(() => {
    latestRun.current = run
  })
  useEffect(() => {
    if (!isActive) return undefined
    const timer = setInterval(() => {
      setRemaining((seconds) => Math.max(0, seconds - 1))
    }, 1_000)
    return () => {
      clearInterval(timer)
    }
  }, [isActive])
  const isOver = remaining === 0
  useEffect(() => {
    if (isOver) latestRun.current()
  }, [isOver])
  return isActive ? remaining : null
}
