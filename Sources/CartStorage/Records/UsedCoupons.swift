import CartModel

extension Cart {
  /// The coupons that its order used, if it was neither cancelled nor refunded.
  package var usedCoupons: Set<String> { order?.state.stands == true ? Set(coupons) : [] }
}
