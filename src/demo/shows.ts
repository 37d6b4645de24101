// The shows of the demo. Each file in shows/ contains the facts of a real show.
import type { DemoShow } from './demo-titles.js'
import { avatar } from './shows/avatar.js'
import { bandOfBrothers } from './shows/band-of-brothers.js'
import { chernobyl } from './shows/chernobyl.js'
import { fawltyTowers } from './shows/fawlty-towers.js'
import { firefly } from './shows/firefly.js'
import { overTheGardenWall } from './shows/over-the-garden-wall.js'
import { toDemoShow } from './shows/show-facts.js'
import { theOffice } from './shows/the-office.js'

/** Complete shows with consecutive numbers and stable IDs. */
export const demoShows: DemoShow[] = [
  fawltyTowers,
  firefly,
  chernobyl,
  bandOfBrothers,
  overTheGardenWall,
  theOffice,
  avatar,
].map(toDemoShow)
