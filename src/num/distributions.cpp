/*
 * distributions.cpp
 *		The one file that knows Boost.Math (header-only, Boost Software License).
 *
 * Its errors answer with a value, so nothing is thrown through a backend's
 * stack; the file is compiled without exceptions and run-time types.
 */
#define BOOST_MATH_DOMAIN_ERROR_POLICY ignore_error
#define BOOST_MATH_POLE_ERROR_POLICY ignore_error
#define BOOST_MATH_OVERFLOW_ERROR_POLICY ignore_error
#define BOOST_MATH_EVALUATION_ERROR_POLICY ignore_error
#define BOOST_MATH_ROUNDING_ERROR_POLICY ignore_error
#define BOOST_MATH_PROMOTE_DOUBLE_POLICY false
#define BOOST_DISABLE_ASSERTS /* an assertion would end the whole server */

#include <cstdlib>
#include <exception>

namespace boost
{
/* Required without exceptions; no policy above lets it be called. */
[[noreturn]] static inline void
throw_exception(std::exception const &)
{
	std::abort();
}
}

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include "num/special.h"

double
rcv_log_gamma(double z)
{
	return boost::math::lgamma(z);
}

double
rcv_digamma(double z)
{
	return boost::math::digamma(z);
}

double
rcv_trigamma(double z)
{
	return boost::math::trigamma(z);
}

double
rcv_beta_below(double a, double b, double x)
{
	return boost::math::ibeta(a, b, x);
}

double
rcv_beta_above(double a, double b, double x)
{
	return boost::math::ibetac(a, b, x);
}

double
rcv_normal_quantile(double p)
{
	return -1.4142135623730950488 * boost::math::erfc_inv(2 * p);
}

double
rcv_beta_quantile(double a, double b, double p)
{
	return boost::math::ibeta_inv(a, b, p);
}

double
rcv_normal_above(double z)
{
	return 0.5 * boost::math::erfc(z * 0.70710678118654752440);
}

double
rcv_student_above(double t, double df)
{
	return cdf(complement(boost::math::students_t(df), t));
}

double
rcv_student_quantile_above(double p, double df)
{
	return quantile(complement(boost::math::students_t(df), p));
}

double
rcv_student_noncentral_above(double t, double df, double noncentrality)
{
	return cdf(complement(boost::math::non_central_t(df, noncentrality), t));
}

double
rcv_chi_square_above(double x, double df)
{
	return boost::math::gamma_q(df / 2, x / 2);
}
