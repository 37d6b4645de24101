// English messages of the player. They load with it.
import player from './player.json'

const messages = { player }
export type PlaybackMessages = typeof messages
export default messages
