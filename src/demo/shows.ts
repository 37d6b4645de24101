// The demo's shows: real ones, their facts written down by hand in shows/, a file a show.
import type { ShowInput } from './demo-types.js'
import { avatar } from './shows/avatar.js'
import { bandOfBrothers } from './shows/band-of-brothers.js'
import { chernobyl } from './shows/chernobyl.js'
import { fawltyTowers } from './shows/fawlty-towers.js'
import { firefly } from './shows/firefly.js'
import { overTheGardenWall } from './shows/over-the-garden-wall.js'
import { toShowInput } from './shows/show-facts.js'
import { theOffice } from './shows/the-office.js'

/** Every show of the demo, whole: seasons from their number, episodes numbered from 1, ids that never change. */
export const demoShows: ShowInput[] = [
  fawltyTowers,
  firefly,
  chernobyl,
  bandOfBrothers,
  overTheGardenWall,
  theOffice,
  avatar,
].map(toShowInput)
