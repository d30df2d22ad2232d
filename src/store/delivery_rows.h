#pragma once
#include <string_view>

#include "store/outbox.h"

namespace plenum::store {

/// Shared by outbox.cc and dead_letters.cc: a delivery with its event, as both read it.
inline constexpr std::string_view kDeliveryColumns =
    "d.id, d.endpoint, d.family, d.job, d.attempts, d.last_status, d.last_error, "
    "e.event_id, e.api_key, e.order_key, e.type, e.body, e.created_ms";

std::string_view family_name(Family family);
Delivery read_delivery(FieldReader& r);

/// The queue has something to do at `at_ms`, whether it was there before or not. It never makes a
/// queue wait longer.
void wake_queue(Database& db, std::string_view api_key, std::string_view endpoint,
                std::string_view order_key, std::int64_t at_ms);

}  // namespace plenum::store
