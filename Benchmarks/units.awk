# One row a unit, from a seeded linear congruential generator, so that every machine writes the same bytes.
# usage: awk -v rows=1000000 -f units.awk
function uniform() {
  state = (state * 16807) % 2147483647
  return state / 2147483647
}
BEGIN {
  state = 20260101
  print "user_id,variant,country,converted,revenue,pre_revenue,orders"
  for (i = 1; i <= rows; i++) {
    treated = uniform() < 0.5
    habit = -log(1 - uniform()) * 20
    orders = uniform() < 0.3 ? 1 + int(uniform() * 4) : 0
    revenue = orders * (5 + habit * uniform()) * (treated ? 1.02 : 1)
    arm = treated ? "treatment" : "control"
    country = substr("DEFRUSGBJP", 1 + 2 * int(uniform() * 5), 2)
    printf("u%08d,%s,%s,%d,%.2f,%.2f,%d\n", i, arm, country, (orders > 0), revenue, habit, orders)
  }
}
