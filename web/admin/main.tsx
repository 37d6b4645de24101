// The admin app: runs the service for its staff.
export {}
