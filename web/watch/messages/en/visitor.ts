// English messages of pages before the log-in, and of the log-in of devices. They load with these pages.
import deviceLogIn from './deviceLogIn.json'
import emailLinks from './emailLinks.json'
import logIn from './logIn.json'
import passwords from './passwords.json'
import plans from './plans.json'
import signUp from './signUp.json'

const messages = { deviceLogIn, emailLinks, logIn, passwords, plans, signUp }
export type VisitorMessages = typeof messages
export default messages
