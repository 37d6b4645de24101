// The page of the player.
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import '../styles/player.css'
import { Player } from '../player/player.js'
import { StageFrame } from '../player/stage.js'

const route = getRouteApi('/profile-page/play/$itemId')

export function PlayPage (): ReactNode {
  const { itemId } = route.useParams()
  const { title, start = false } = route.useSearch()
  return (
    // The stage stays in full screen between episodes, and its video in picture-in-picture.
    <StageFrame>
      <Player titleId={title === '' ? itemId : title} itemId={itemId} fromStart={start} />
    </StageFrame>
  )
}
