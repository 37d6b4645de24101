// The stage: the element that fills the window and goes full screen. It keeps the focus while parts of it disappear.
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'

interface Stage {
  readonly node: HTMLElement | null
  /** Takes the focus when nothing else has it, so that the keyboard controls the player. */
  readonly focusTarget: () => HTMLElement | null
  readonly isFullscreen: boolean
  /** @param video goes full screen itself where a browser allows nothing else, such as on an iPhone */
  readonly toggleFullscreen: (video: HTMLVideoElement | null) => Promise<void>
}

const StageContext = createContext<Stage | null>(null)

export function useStage (): Stage {
  const stage = useContext(StageContext)
  if (stage === null) throw new Error('a part of the player is outside the stage')
  return stage
}

type IphoneVideo = HTMLVideoElement & { readonly webkitEnterFullscreen?: () => void }

async function toggleFullscreen (stage: HTMLElement | null, video: HTMLVideoElement | null): Promise<void> {
  if (document.fullscreenElement !== null) return await document.exitFullscreen()
  if (stage !== null && document.fullscreenEnabled) {
    await stage.requestFullscreen({ navigationUI: 'hide' })
    const orientation = screen.orientation as ScreenOrientation & { lock?: (to: string) => Promise<void> }
    await orientation.lock?.('landscape').catch(() => undefined)
    return
  }
  ;(video as IphoneVideo | null)?.webkitEnterFullscreen?.()
}

function subscribeToFullscreen (listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener)
  return () => {
    document.removeEventListener('fullscreenchange', listener)
  }
}

export function StageFrame ({ children }: { readonly children: ReactNode }): ReactNode {
  const [node, setNode] = useState<HTMLElement | null>(null)
  const isFullscreen = useSyncExternalStore(subscribeToFullscreen, () => document.fullscreenElement !== null)
  const stage = useMemo<Stage>(() => ({
    node,
    focusTarget: () => node?.querySelector<HTMLElement>('[data-media-player]') ?? node,
    isFullscreen,
    toggleFullscreen: async (video) => {
      await toggleFullscreen(node, video).catch(() => undefined)
    },
  }), [node, isFullscreen])
  useEffect(() => {
    if (node === null) return undefined
    const keepFocus = (): void => {
      if (document.activeElement === document.body) stage.focusTarget()?.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(keepFocus)
    observer.observe(node, { childList: true, subtree: true })
    keepFocus()
    return () => {
      observer.disconnect()
    }
  }, [node, stage])
  return (
    <StageContext value={stage}>
      <main id="content" className="stage" ref={setNode} tabIndex={-1}>{children}</main>
    </StageContext>
  )
}
