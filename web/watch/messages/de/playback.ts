// German messages of the player. They load with it.
import type { PlaybackMessages } from '../en/playback.js'
import player from './player.json'

export default { player } satisfies PlaybackMessages
