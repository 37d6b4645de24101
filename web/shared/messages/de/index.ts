// Messages of the shared components.
import common from './common.json'
import format from './format.json'
import states from './states.json'

export default { common, format, states }
