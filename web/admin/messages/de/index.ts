// German messages of the admin app, one file for each subject.
import type { Messages } from '../en/index.js'
import shared from '@shared/messages/de/index.js'
import catalogue from './catalogue.json'
import dashboard from './dashboard.json'
import layout from './layout.json'
import logIn from './logIn.json'
import roles from './roles.json'

const messages: Messages = {
  ...shared,
  catalogue,
  dashboard,
  layout,
  logIn,
  roles,
}
export default messages
