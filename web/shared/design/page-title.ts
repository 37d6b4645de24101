// The title of the browser window.
import { useEffect } from 'react'

/** @param title of the page; null: the name of the service alone */
export function usePageTitle (title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'NormFlix' : `${title} · NormFlix`
  }, [title])
}
