// The pointer on the video: a click pauses and a double click goes full screen; a tap shows the controls and a double
// tap at the side seeks by 10 s.
import { useMediaPlayer } from '@vidstack/react'
import { useRef, type MouseEvent, type PointerEvent, type ReactNode } from 'react'
import type { Command } from './commands.js'
import { findVideo } from './video-element.js'

const DOUBLE_TAP_MS = 300
const SEEK_SECONDS = 10
/** Share of the width at each side where a double tap seeks. */
const SIDE_SHARE = 0.4

export function TapLayer ({ run }: { readonly run: (command: Command) => void }): ReactNode {
  const player = useMediaPlayer()
  const lastTap = useRef({ at: 0, side: 0 })
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const pointerType = useRef('mouse')

  const tap = ({ currentTarget, clientX }: MouseEvent): void => {
    const { left, width } = currentTarget.getBoundingClientRect()
    const share = (clientX - left) / width
    const side = share < SIDE_SHARE ? -1 : share > 1 - SIDE_SHARE ? 1 : 0
    const isDouble = Date.now() - lastTap.current.at < DOUBLE_TAP_MS && side === lastTap.current.side
    lastTap.current = { at: Date.now(), side }
    if (isDouble && side !== 0) {
      clearTimeout(timer.current)
      run({ kind: 'seek-by', seconds: side * SEEK_SECONDS })
      return
    }
    timer.current = setTimeout(() => {
      if (player === null) return
      if (player.controls.showing && findVideo(player)?.paused === false) player.controls.hide(0)
      else player.controls.show()
    }, DOUBLE_TAP_MS)
  }
  const click = (event: MouseEvent): void => {
    if (pointerType.current === 'touch') tap(event)
    else if (event.detail === 1) run({ kind: 'toggle-play' })
    else if (event.detail === 2) {
      // The first click of the two paused the video.
      run({ kind: 'toggle-play' })
      run({ kind: 'toggle-fullscreen' })
    }
  }
  return (
    // The keyboard has commands for all of it.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      className="tap-layer"
      onPointerDown={(event: PointerEvent) => {
        pointerType.current = event.pointerType
      }}
      onClick={click}
    />
  )
}
