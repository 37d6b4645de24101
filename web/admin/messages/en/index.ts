// English messages of the admin app, one file for each subject.
import shared from '@shared/messages/en/index.js'
import catalogue from './catalogue.json'
import dashboard from './dashboard.json'
import layout from './layout.json'
import logIn from './logIn.json'
import roles from './roles.json'

const messages = {
  ...shared,
  catalogue,
  dashboard,
  layout,
  logIn,
  roles,
}
export type Messages = typeof messages
export default messages
