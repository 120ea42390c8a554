# Exposures and their events, from a seeded linear congruential generator, so that every machine writes the same bytes.
# usage: awk -v units=200000 -v events=3000000 -v folder=. -f events.awk
function uniform() {
  state = (state * 16807) % 2147483647
  return state / 2147483647
}
BEGIN {
  state = 20260202
  exposures = folder "/exposures.csv"
  log_ = folder "/events.csv"
  print "user_id,variant,timestamp" >exposures
  for (i = 1; i <= units; i++)
    printf("user-%08d,%s,%d\n", i, uniform() < 0.5 ? "control" : "treatment", 1767225600 + int(uniform() * 1209600)) >exposures
  print "user_id,timestamp,event,value" >log_
  # One event in eleven is of somebody who was not exposed.
  for (i = 1; i <= events; i++) {
    unit = 1 + int(uniform() * units * 1.1)
    kind = uniform()
    event = kind < 0.2 ? "purchase" : (kind < 0.7 ? "view" : "click")
    value = event == "purchase" ? sprintf("%.2f", 1 - log(1 - uniform()) * 30) : ""
    printf("user-%08d,%d,%s,%s\n", unit, 1766620800 + int(uniform() * 2419200), event, value) >log_
  }
}
