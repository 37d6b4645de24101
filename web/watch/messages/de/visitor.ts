// German messages of pages before the log-in, and of the log-in of devices. They load with these pages.
import type { VisitorMessages } from '../en/visitor.js'
import deviceLogIn from './deviceLogIn.json'
import emailLinks from './emailLinks.json'
import logIn from './logIn.json'
import passwords from './passwords.json'
import plans from './plans.json'
import signUp from './signUp.json'

export default { deviceLogIn, emailLinks, logIn, passwords, plans, signUp } satisfies VisitorMessages
